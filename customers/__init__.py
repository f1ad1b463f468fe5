"""Who the shopper is: the only package that holds names, addresses, e-mails and phone numbers."""
