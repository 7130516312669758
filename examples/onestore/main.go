// Onestore reads plain settings and secrets through one store. It asks the cloud only for
// the secrets.
//
//	go run ./examples/onestore
//	PORT=9000 go run ./examples/onestore
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/local"
	"github.com/secretmux/secretmux/settings"
	"github.com/secretmux/secretmux/testing/memory"
)

// config has everything that the service gets from outside.
type config struct {
	Port     int           `default:"8080" validate:"min=1024"`
	LogLevel string        `default:"info"`
	Timeout  time.Duration `default:"5s"`
	DB       struct {
		Password secretmux.Secret `validate:"min=12"`
	}
}

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	// In production: "env:,aws-sm://eu-west-1/prod/?only=db/*+payments/**", and aws.Backend().
	cloud := memory.New(map[string]string{"db/password": "correct horse"})
	store, err := secretmux.Open(ctx, "env:,memory:?only=db/*+payments/**", local.Backend(), cloud.Backend())
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()

	current, err := settings.Load[config](ctx, store, settings.Options{})
	if err != nil {
		return err // all problems, one a line
	}
	_, _ = fmt.Fprintf(out, "%+v\n", current)
	// PORT, LOG_LEVEL and TIMEOUT cost no call and need no permission in the cloud.
	_, _ = fmt.Fprintln(out, "the cloud was asked for", cloud.Reads("db/password"), "secret, in", cloud.Calls().Total(), "call")

	explained := secretmux.Explain(ctx, store, "port")
	for _, link := range explained.Links {
		_, _ = fmt.Fprintln(out, "port:", link.Source, "-", link.Role)
	}
	return nil
}
