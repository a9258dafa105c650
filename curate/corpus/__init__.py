"""The corpus: recipes, stages, and the pipeline that runs rows through them in shards."""
