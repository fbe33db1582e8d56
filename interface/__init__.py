"""What machines and other sites see of what is public: JSON, CSV, cards and badges. Reads only."""
