// Rotation is a small HTTP service that checks a bearer token against a secret. The
// secret may change at any time. Nothing restarts: each request reads the newest value,
// and during a rotation the previous one is accepted too.
//
//	go run ./examples/rotation
//
// It prints how to call it and how to rotate the token.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/examples/internal/demo"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "where to listen")
	ref := flag.String("token", "payments/api-key", "the reference of the token")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, *ref); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1) //nolint:gocritic // the process ends: stop has nothing to undo
	}
}

func run(ctx context.Context, addr, ref string) (err error) {
	secrets, err := demo.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, secrets.Close()) }()
	token, err := secrets.Store.Watch(ctx, ref) // this fails now if the secret can't be read
	if err != nil {
		return err
	}
	_, err = secrets.Store.OnRotate(ref, func(_ context.Context, r secretmux.Rotation) error {
		fmt.Printf("rotated: %s, version %s -> %s\n", r.Ref, r.Old.Version(), r.New.Version())
		return nil
	})
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	greet(secrets, listener.Addr(), ref)
	return serve(ctx, listener, newService(token))
}

func greet(secrets *demo.Secrets, addr net.Addr, ref string) {
	fmt.Printf("listening on http://%s\n", addr)
	if secrets.Folder == "" {
		return
	}
	file := filepath.Join(secrets.Folder, "secrets", filepath.FromSlash(ref))
	fmt.Printf("call it:    curl -H \"Authorization: Bearer $(cat %s)\" http://%s/\n", file, addr)
	fmt.Printf("rotate it:  echo a-new-token > %s\n", file)
}

// serve runs the service until ctx ends.
func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
