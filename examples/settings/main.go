// Settings is a service that declares its configuration as one struct. It starts with a
// complete configuration, or it reports everything that is wrong and does not start.
//
//	go run ./examples/settings
//	SECRETS=env: PORT=http DB_PASSWORD=short go run ./examples/settings
//	SECRETS=env: DB_PASSWORD=long-enough-now PAYMENTS_API_KEY=x go run ./examples/settings
//
// The first reads embedded values, and then shows a rotation. In the second, one
// variable is unparsable, one too short and one missing. The third has them right.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/secretmux/secretmux/examples/internal/demo"
	"github.com/secretmux/secretmux/settings"
)

func main() {
	example := flag.Bool("env-example", false, "write a .env.example and do nothing else")
	flag.Parse()
	run := run
	if *example {
		run = func(context.Context) error { return settings.Example[config](os.Stdout) }
	}
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	secrets, err := demo.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, secrets.Close()) }()
	current, err := settings.Watch[config](ctx, secrets.Store, settings.Options{})
	if err != nil {
		return err // all problems, one a line
	}
	defer current.Stop()
	fmt.Printf("started with %+v\n", *current.Current())
	if secrets.Folder == "" {
		return nil
	}
	return rotate(ctx, secrets, current)
}

// rotate replaces the embedded API key and waits for the struct with the new key.
func rotate(ctx context.Context, secrets *demo.Secrets, current *settings.Live[config]) error {
	changed := make(chan settings.Change[config], 1)
	stop, err := current.OnChange(func(_ context.Context, c settings.Change[config]) error {
		changed <- c
		return nil
	})
	if err != nil {
		return err
	}
	defer stop()
	if err := secrets.Rotate("payments/api-key", "a-new-value"); err != nil {
		return err
	}
	fmt.Println("payments/api-key was rewritten; waiting for the new struct ...")
	select {
	case c := <-changed:
		fmt.Printf("changed: %v, version %s -> %s\n", c.Fields, c.Old.APIKey.Version(), c.New.APIKey.Version())
		return nil
	case <-time.After(10 * time.Second):
		return errors.New("no change within 10s; is PAYMENTS_API_KEY set in the environment, in front of the file?")
	case <-ctx.Done():
		return ctx.Err()
	}
}
