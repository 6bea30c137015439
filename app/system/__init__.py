"""What an administrator sets in the browser — settings and dictionaries (PLAT-7) — and the filters that
everybody may keep by name (CUST-13).
"""
