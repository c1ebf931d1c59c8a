"""The mind: plans, calls tools, judges, answers or hands off. The only room that knows LangGraph and LangChain."""
