"""What operators hand in every month: checked line by line, reviewed by a second person, taken into the registers."""
