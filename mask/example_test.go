package mask_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"os"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/mask"
	"github.com/secretmux/secretmux/testing/memory"
)

// A service hides its secrets in its own log. The writer is below the handler, so it
// gets the final bytes, with all groups, values and escapes. The set fills itself,
// because each value that the store reads passes through Backend.
func Example() {
	ctx := context.Background()
	set := mask.New(mask.Options{})
	out := mask.NewWriter(os.Stdout, set)
	defer out.Close()
	logger := slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{ReplaceAttr: withoutTime}))

	backend := memory.New(map[string]string{"db/password": `p"ss/w:rd`}).Backend() // local.Backend()
	store, err := secretmux.Open(ctx, "memory:", mask.Backend(backend, set))       // os.Getenv("SECRETS")
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	password, err := store.Get(ctx, "db/password")
	if err != nil {
		log.Fatal(err)
	}

	logger.Info("connecting", "dsn", "postgres://app:"+password.Reveal()+"@db/orders")
	// Output:
	// {"level":"INFO","msg":"connecting","dsn":"postgres://app:[redacted:db/password]@db/orders"}
}

func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

// A value that is split across writes is found. An old value stays masked when its
// secret gets another one.
func ExampleWriter() {
	set := mask.New(mask.Options{})
	set.Add("db/password", secretmux.NewSecret([]byte("hunter2-old"), secretmux.Meta{}))
	out := mask.NewWriter(os.Stdout, set)

	fmt.Fprint(out, "login with hunt")
	fmt.Fprintln(out, "er2-old")
	set.Add("db/password", secretmux.NewSecret([]byte("hunter2-new"), secretmux.Meta{}))
	fmt.Fprintln(out, "login with hunter2-new, not with hunter2-old")
	fmt.Fprint(out, "the end: hunt")
	if err := out.Close(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// login with [redacted:db/password]
	// login with [redacted:db/password], not with [redacted:db/password]
	// the end: hunt
}

// A command reports the secrets that it can't mask.
func ExampleSet() {
	set := mask.New(mask.Options{})
	set.Add("db", secretmux.NewSecret([]byte(`{"port":"5432","password":"hunter22"}`), secretmux.Meta{}))

	fmt.Println("not masked, as they are short:", set.Unmasked())
	fmt.Println(set.Redact("postgres://app:hunter22@localhost:5432/"))
	fmt.Println(set)
	// Output:
	// not masked, as they are short: [db#port]
	// postgres://app:[redacted:db#password]@localhost:5432/
	// mask.Set of 2 values
}

// The user name in a document is in many lines that should stay readable.
func ExampleOptions() {
	set := mask.New(mask.Options{Except: []string{"db#username"}, HideNames: true, MinLength: 4})
	set.Add("db", secretmux.NewSecret([]byte(`{"username":"postgres","password":"1234"}`), secretmux.Meta{}))
	fmt.Println(set.Redact("postgres:1234"))
	// Output:
	// postgres:[redacted]
}

// A decorated provider puts each value that it reads into the set.
func ExampleProvider() {
	set := mask.New(mask.Options{})
	p := mask.Provider(memory.New(map[string]string{"api/key": "hunter22"}), set)
	if _, err := p.Get(context.Background(), "api/key"); err != nil {
		log.Fatal(err)
	}
	fmt.Println(set.Redact("GET /?key=hunter22"))
	// Output:
	// GET /?key=[redacted:api/key]
}
