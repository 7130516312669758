module github.com/secretmux/secretmux/adapters/push/nats

go 1.25.0

require (
	github.com/nats-io/nats.go v1.53.1
	github.com/secretmux/secretmux v0.0.0
)

require (
	github.com/klauspost/compress v1.18.5 // indirect
	github.com/nats-io/nkeys v0.4.15 // indirect
	github.com/nats-io/nuid v1.0.1 // indirect
	golang.org/x/crypto v0.55.0 // indirect
	golang.org/x/sys v0.47.0 // indirect
)

replace github.com/secretmux/secretmux => ../../..
