// Package kafka tests adapters/push over Kafka, with a fake cluster in this process that
// speaks its protocol.
package kafka
