"""What citizens' comments say: the form of maladministration, the elements, how urgent."""
