package ps_test

import (
	"fmt"

	"github.com/secretmux/secretmux/providers/aws/ps"
	"github.com/secretmux/secretmux/providers/aws/session"
)

// A provider for a chain that is built in code. It calls nobody until it is read.
func ExampleNew() {
	p, err := ps.New(session.Options{Region: "eu-west-1", Prefix: "prod/"})
	fmt.Println(p, err)
	// Output: aws-ps://eu-west-1/prod/ <nil>
}

func ExampleProvider() {
	_, err := ps.New(session.Options{Endpoint: "http://10.0.0.1"})
	fmt.Println(err)
	// Output: secretmux: open: invalid: the endpoint is not encrypted (secrets cross the network there: write endpoint=https://host, or http://127.0.0.1:port for an emulator)
}
