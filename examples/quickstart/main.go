// Quickstart reads a few secrets, says where each came from, rotates one and
// shows the callback.
//
//	go run ./examples/quickstart
//	DB_PASSWORD=x go run ./examples/quickstart
//	SECRETS='env:,dotenv:.env' go run ./examples/quickstart db/password
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/examples/internal/demo"
)

const rotating = "payments/api-key"

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, refs []string) (err error) {
	secrets, err := demo.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, secrets.Close()) }()
	if len(refs) == 0 && secrets.Folder == "" {
		return errors.New("SECRETS is set: write the names of the secrets to read, as in: quickstart db/password")
	}
	if len(refs) == 0 {
		refs = []string{"db/password", rotating, "reporting-db#password"}
	}
	fmt.Println("SECRETS =", secrets.Config)
	if err := show(ctx, secrets.Store, refs); err != nil {
		return err
	}
	if secrets.Folder == "" {
		return nil
	}
	return rotate(ctx, secrets)
}

// show prints everything that may be printed of each secret.
func show(ctx context.Context, store *secretmux.Store, refs []string) error {
	found, err := store.GetAll(ctx, refs...)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "\nNAME\tVALUE\tSOURCE\tVERSION\tAGE")
	for _, ref := range refs {
		s := found[ref]
		status, _ := store.StatusOf(ref)
		_, _ = fmt.Fprintf(w, "%s\t%v\t%s\t%s\t%s\n", ref, s, s.Source(), s.Version(), status.Age.Round(time.Microsecond))
	}
	return w.Flush()
}

// rotate changes a file and waits for the store to notice.
func rotate(ctx context.Context, secrets *demo.Secrets) error {
	rotated := make(chan secretmux.Rotation, 1)
	stop, err := secrets.Store.OnRotate(rotating, func(_ context.Context, r secretmux.Rotation) error {
		rotated <- r
		return nil
	})
	if err != nil {
		return err
	}
	defer stop()
	start := time.Now()
	if err := secrets.Rotate(rotating, "a-new-value"); err != nil {
		return err
	}
	fmt.Printf("\n%s was rewritten; waiting for the callback ...\n", rotating)
	select {
	case r := <-rotated:
		fmt.Printf("rotated after %s: %s, version %s -> %s, value %v -> %v\n",
			time.Since(start).Round(10*time.Millisecond), r.Ref, r.Old.Version(), r.New.Version(), r.Old, r.New)
		return nil
	case <-time.After(10 * time.Second):
		return fmt.Errorf("no callback within 10s; is %s set in the environment, in front of the file?", rotating)
	case <-ctx.Done():
		return ctx.Err()
	}
}
