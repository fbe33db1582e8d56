"""Who counts answers where they lie: databases, DuckDB over Parquet, Spark."""
