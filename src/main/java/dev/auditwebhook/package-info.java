/**
 * An audit webhook for Vert.x: each audit entry that is published on the event bus reaches its
 * HTTPS endpoints, each in its receiver's own format, signed, retried, in bounded memory, and with
 * nothing lost silently.
 *
 * <p>This package is the public face, and nothing else: verticles, options, addresses and the
 * client. A host comes in by {@link dev.auditwebhook.WebhookVerticle}, and by {@link
 * dev.auditwebhook.WebhookRouterVerticle} for HTTP; the jar by {@link
 * dev.auditwebhook.MainVerticle}; programs over the event bus, by {@link
 * dev.auditwebhook.WebhookClient} or by themselves:
 *
 * <table>
 * <caption>The addresses, with the default prefix {@code webhook}</caption>
 * <tr><th>address</th><th>request</th><th>reply</th></tr>
 * <tr><td>{@code audit.entry}</td><td>{@code {"action":"...","details":...,"timestamp":"..."}}</td>
 *     <td>{@code audit_entry_ok}: queued, dropped or discarded</td></tr>
 * <tr><td>{@code webhook.get}</td><td>{@code {}}</td>
 *     <td>{@code get_webhook_ok}: state and totals</td></tr>
 * <tr><td>{@code webhook.set}</td><td>{@code {"url":"...","secret":"...","initial_backoff":200}},
 *     {@code {"paused":true}}</td>
 *     <td>{@code set_webhook_ok}: enabled, disabled or paused</td></tr>
 * <tr><td>{@code webhook.dlq}</td><td>{@code {"limit":100,"after":0}}</td>
 *     <td>{@code get_webhook_dlq_ok}: dead letters, redacted, and where to read on</td></tr>
 * <tr><td>{@code webhook.dlq.redrive}</td><td>{@code {"event_ids":[7]}}</td>
 *     <td>{@code redrive_webhook_dlq_ok}: how many are pending again</td></tr>
 * <tr><td>{@code webhook.dlq.purge}</td><td>{@code {"event_ids":[7]}}</td>
 *     <td>{@code purge_webhook_dlq_ok}: how many are gone</td></tr>
 * <tr><td>{@code webhook.test}</td><td>{@code {}}</td>
 *     <td>{@code test_webhook_ok}: what a test event got back</td></tr>
 * <tr><td>{@code webhook.ready}</td><td>{@code {}}</td>
 *     <td>{@code {"ready":true,"reasons":[]}}: whether entries can be accepted and kept</td></tr>
 * <tr><td>{@code webhook.health}</td><td>{@code {}}</td>
 *     <td>{@code {"healthy":true,"reasons":[]}}: whether events are delivered</td></tr>
 * <tr><td>{@code webhook.endpoints}</td><td>{@code {}}</td>
 *     <td>{@code list_webhook_endpoints_ok}: state and totals of all endpoints</td></tr>
 * <tr><td>{@code webhook.endpoint.put}</td><td>{@code {"endpoint":"siem","config":{...}}}</td>
 *     <td>{@code put_webhook_endpoint_ok}: made, or its options replaced</td></tr>
 * <tr><td>{@code webhook.endpoint.remove}</td><td>{@code {"endpoint":"siem"}}</td>
 *     <td>{@code remove_webhook_endpoint_ok}: how many events are given up</td></tr>
 * <tr><td>{@code webhook.attempts}</td><td>published, local</td><td>one message an attempt</td></tr>
 * </table>
 *
 * <p>Every request about one endpoint may name it by {@code "endpoint":"siem"}; without that,
 * {@link dev.auditwebhook.EndpointOptions#DEFAULT_ID default} is meant, or for {@code
 * webhook.ready} and {@code webhook.health} all of them.
 *
 * <p>A request that cannot be served fails with a {@link io.vertx.core.eventbus.ReplyException}:
 * 400 invalid, 404 unknown, 409 not possible now, 502 no answer from the receiver, 503 no room or
 * disk for it now, 500 a fault of ours.
 *
 * <p>The ledger of every endpoint, in every reply of {@code webhook.get}: received = delivered +
 * failed + dropped + discarded + pending.
 */
package dev.auditwebhook;
