"""What replications tell, held against enumeration, known answers and exact laws."""
