package gcp_test

import (
	"context"
	"errors"
	"fmt"
	"net"

	"cloud.google.com/go/secretmanager/apiv1/secretmanagerpb"
	"google.golang.org/grpc"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/gcp"
)

// emulator starts a Secret Manager on loopback with two versions of app--db--password.
func emulator() (address string, stop func()) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	f := newFake()
	f.set("app--db--password", []byte("old"))
	f.set("app--db--password", []byte("hunter2"))
	server := grpc.NewServer()
	secretmanagerpb.RegisterSecretManagerServiceServer(server, f)
	go func() { _ = server.Serve(l) }()
	return l.Addr().String(), server.Stop
}

func ExampleBackend() {
	address, stop := emulator()
	defer stop()
	ctx := context.Background()

	// In production: gcp-sm://my-project?sep=--&prefix=app--
	store, err := secretmux.Open(ctx, "gcp-sm://my-project?sep=--&prefix=app--&endpoint="+address, gcp.Backend())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()

	password, err := store.Get(ctx, "db/password")
	fmt.Println(password, password.Version(), len(password.Reveal()), err)
	before, err := store.Get(ctx, "db/password?version=previous")
	fmt.Println(before, before.Version(), len(before.Reveal()), err)
	_, err = store.Get(ctx, "db/user")
	fmt.Println(errors.Is(err, secretmux.ErrNotFound))
	// Output:
	// [redacted] 2 7 <nil>
	// [redacted] 1 3 <nil>
	// true
}

func ExampleNew() {
	address, stop := emulator()
	defer stop()

	p, err := gcp.New(gcp.Options{Project: "my-project", Endpoint: address})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	_, err = p.Get(context.Background(), "db/password")
	fmt.Println(err)
	// Output:
	// secretmux: get: invalid: a name of Secret Manager can't have a / (write sep=, as in sep=--, or rename the secret without /)
}

func ExampleProvider_List() {
	address, stop := emulator()
	defer stop()

	p, err := gcp.New(gcp.Options{Project: "my-project", Prefix: "app--", Separator: "--", Endpoint: address})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer p.Close()
	for info, err := range p.List(context.Background(), "db/") {
		fmt.Println(info.Name, err)
	}
	// Output: db/password <nil>
}

func ExampleOptions_Backend() {
	backend := gcp.Options{Project: "my-project"}.Backend()
	store, err := secretmux.Open(context.Background(), "gcp-sm:?location=europe-west3", backend)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("opened without a call:", store.Close() == nil)
	// Output: opened without a call: true
}
