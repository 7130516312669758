// Package aws tests adapters/push over Amazon SQS, with a fake queue in this process that
// speaks its protocol.
package aws
