package dev.auditwebhook;

/** The same table with batches on. */
class BatchedFaultMatrixTest extends FaultMatrixTest {

  @Override
  protected WebhookOptions options() {
    return super.options().setBatch(new BatchOptions().setMaxEvents(2).setMaxDelay(1));
  }
}
