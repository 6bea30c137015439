"""What business records share: columns, who sees and changes them, money, their part of a customer."""
