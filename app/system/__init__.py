"""An administrator's settings and dictionaries (PLAT-7), background runs, jobs, and the filters that users
save by name (CUST-13).
"""
