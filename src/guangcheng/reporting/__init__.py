"""What is handed over: XLSX, DOCX, charts, maps. Prints the values it is given."""
