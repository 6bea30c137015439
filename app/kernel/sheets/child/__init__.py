"""The program that reads a table, in a process of its own with little memory and time (CUST-34).

It is run on a file that nobody has looked at, by an isolated Python: it imports nothing of the application.
It writes JSON, a line at a time: ``{"sheet": name, "visible": bool}``, then a list for each row that is not
blank: number, whether it is hidden, and its cells as column (from 0), kind and text; then
``{"merged": …, "hidden_columns": …}``.  A refusal is ``{"refused": code}``.

Kinds of cells: ``t`` text, ``n`` number, ``p`` per cent, ``d`` day or moment, ``b`` yes or no, ``e`` an error
value, ``f`` a formula without a stored value, ``l`` a number whose last digits are lost.
"""
