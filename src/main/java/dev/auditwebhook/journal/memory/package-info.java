/**
 * The engine that keeps all in Vert.x local shared data. The webhook comes in by {@link
 * dev.auditwebhook.journal.memory.MemoryEngine}, to make one.
 */
package dev.auditwebhook.journal.memory;
