"""The global search (PLAT-17): records, pages and commands of the actor's scope.

It only reads; what it finds is declared by the contexts below it (``app.kernel.lists.finding``).
"""
