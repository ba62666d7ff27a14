"""Fictional testing institutions (示例·…) with scopes, people and duties, for demonstrations and benchmarks."""
