/**
 * The benchmark behind {@code ./run.sh bench}: the module beside a bare Vert.x client, in turns, in
 * one process, against a receiver in another. It uses the module as an application does: options,
 * verticle and event bus.
 */
package dev.auditwebhook.bench;
