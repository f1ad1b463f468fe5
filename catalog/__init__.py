"""Articles: what a shopper sees, the SKUs it groups, their barcodes, names, prices and VAT."""
