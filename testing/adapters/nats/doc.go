// Package nats tests adapters/push/nats with a NATS server in this process.
package nats
