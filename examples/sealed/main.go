// Sealed keeps card numbers encrypted in a table while the keyset rotates: a key is added
// and then promoted, and the old key is dropped when no row needs it. Every row can be
// opened at every step.
//
//	go run ./examples/sealed
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/seal"
	"github.com/secretmux/secretmux/testing/memory"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) (err error) {
	keyset, err := seal.NewKeyset()
	if err != nil {
		return err
	}
	backend := memory.New(map[string]string{"cards": string(keyset)})
	store, err := secretmux.New(backend, secretmux.Options{Validate: seal.Validate("cards")})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	box, err := seal.New(ctx, store, "cards", seal.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = box.Close() }()

	t := &table{box: box, rows: map[string][]byte{}}
	for id := range 100 {
		if err := t.put(fmt.Sprintf("cards.number/%d", id), fmt.Sprintf("4111 %04d", id)); err != nil {
			return err
		}
	}
	for _, step := range []struct {
		name string
		next func([]byte) ([]byte, error)
	}{{"add a key", seal.Add}, {"promote it", seal.Promote}} {
		if keyset, err = step.next(keyset); err != nil {
			return err
		}
		backend.Set("cards", string(keyset))
		if err := store.Refresh(ctx, "cards"); err != nil {
			return err
		}
		if err := t.readAll(ctx); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(out, "%-11s all %d rows open\n", step.name+":", len(t.rows))
	}
	moved, err := t.sealAnew(ctx)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(out, "seal anew:  %d rows; the old key can be disabled\n", moved)
	return t.readAll(ctx)
}
