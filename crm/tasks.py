from celery import shared_task

from crm.reenriching import enrich_again


@shared_task(name="crm.tasks.enrich_comments_batch", max_retries=2, default_retry_delay=10)
def enrich_comments_batch(interaction_ids: list[int]) -> None:
    """Read these comments again with the local rules. Hand it some hundreds at a time."""
    enrich_again(interaction_ids)
