/**
 * The journal on disk, in one file of H2 MVStore: it outlives the process and a power failure. The
 * journal comes in by {@link dev.auditwebhook.journal.file.FileEngine}, on its context; behind it
 * one worker thread alone touches the file. {@link dev.auditwebhook.journal.file.Disk} says what is
 * in the file, {@link dev.auditwebhook.journal.file.StoreFile} has it survive.
 */
package dev.auditwebhook.journal.file;
