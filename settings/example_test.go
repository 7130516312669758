package settings_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/go-playground/validator/v10"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/settings"
	"github.com/secretmux/secretmux/testing/memory"
)

type Config struct {
	Port    int           `default:"8080" validate:"min=1024" desc:"where to listen"`
	Timeout time.Duration `default:"5s"`
	DB      struct {
		User     string           `secret:"user"`
		Password secretmux.Secret `secret:"password" validate:"min=12"`
	} `prefix:"db/creds#"`
}

func open(secrets map[string]string) (*memory.Provider, *secretmux.Store) {
	m := memory.New(secrets)
	store, err := secretmux.New(m, secretmux.Options{})
	if err != nil {
		panic(err)
	}
	return m, store
}

func ExampleLoad() {
	_, store := open(map[string]string{"timeout": "1m30s", "db/creds": `{"user":"app","password":"correct horse"}`})
	defer store.Close()
	config, err := settings.Load[Config](context.Background(), store, settings.Options{})
	fmt.Printf("%+v %v\n", config, err)
	// Output:
	// {Port:8080 Timeout:1m30s DB:{User:app Password:[redacted]}} <nil>
}

func ExampleError() {
	_, store := open(map[string]string{"timeout": "soon", "db/creds": `{"password":"short"}`})
	defer store.Close()
	_, err := settings.Load[Config](context.Background(), store, settings.Options{})
	fmt.Println(err)
	fmt.Println(errors.Is(err, secretmux.ErrNotFound), errors.Is(err, settings.ErrUnparsable))
	// Output:
	// settings: Timeout      timeout            unparsable: want a duration such as 1m30s  memory:
	// settings: DB.User      db/creds#user      not found: field not found                 memory:  the secret exists, but its document has no such field or it is null
	// settings: DB.Password  db/creds#password  breaks a rule: min=12                      memory:
	// false false
}

func ExampleProblem() {
	_, store := open(map[string]string{"timeout": "soon", "db/creds": `{"user":"app","password":"correct horse"}`})
	defer store.Close()
	_, err := settings.Load[Config](context.Background(), store, settings.Options{})
	var problems *settings.Error
	if errors.As(err, &problems) {
		for _, p := range problems.Problems {
			fmt.Println(p.Field, "/", p.Ref, "/", p.Class, "/", p.Detail)
		}
	}
	// Output:
	// Timeout / timeout / unparsable / want a duration such as 1m30s
}

func ExampleWatch() {
	ctx := context.Background()
	m, store := open(map[string]string{"db/creds": `{"user":"app","password":"correct horse"}`})
	defer store.Close()
	config, err := settings.Watch[Config](ctx, store, settings.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer config.Stop()
	changed := make(chan []string)
	stop, err := config.OnChange(func(_ context.Context, c settings.Change[Config]) error {
		changed <- c.Fields
		return nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer stop()

	m.Set("db/creds", `{"user":"app2","password":"battery staple"}`)
	fmt.Println(config.Refresh(ctx), config.Current().DB.User)
	fmt.Println("changed:", <-changed)
	m.Set("db/creds", `{"user":"app3","password":"short"}`)
	fmt.Println(config.Refresh(ctx) != nil, config.Current().DB.User)
	// Output:
	// <nil> app2
	// changed: [DB.User DB.Password]
	// true app2
}

func ExampleDescribe() {
	fields, err := settings.Describe[Config]()
	for _, f := range fields {
		fmt.Println(f.Path, f.Document, f.Key, f.Type, f.Required)
	}
	fmt.Println(err)
	// Output:
	// Port port PORT int false
	// Timeout timeout TIMEOUT time.Duration false
	// DB.User db/creds DB_CREDS string true
	// DB.Password db/creds DB_CREDS secretmux.Secret true
	// <nil>
}

func ExampleExample() {
	if err := settings.Example[Config](os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// # Settings of this program. Copy it to .env and put the values in there: this file holds none.
	//
	// # where to listen
	// # int, default "8080", rules: min=1024
	// PORT=
	//
	// # time.Duration, default "5s"
	// TIMEOUT=
	//
	// # "user" of a JSON object: string, required
	// # from db/creds#user
	// # "password" of a JSON object: secret, required, rules: min=12
	// # from db/creds#password
	// DB_CREDS=
}

func ExampleCheckExample() {
	committed := "PORT=\nTIMEOUT=5s\nDB_PASSWORD=\n"
	fmt.Println(settings.CheckExample[Config](strings.NewReader(committed)))
	// Output:
	// settings: the .env.example has drifted: missing DB_CREDS; not in the struct: DB_PASSWORD (line 3); holding a value: TIMEOUT (line 2)
}

func ExampleNewValidator() {
	type config struct {
		Region string `validate:"region"`
	}
	v := settings.NewValidator()
	err := v.RegisterValidation("region", func(f validator.FieldLevel) bool { return strings.HasPrefix(f.Field().String(), "eu-") })
	if err != nil {
		fmt.Println(err)
	}
	_, store := open(map[string]string{"region": "us-east-1"})
	defer store.Close()
	_, err = settings.Load[config](context.Background(), store, settings.Options{Validator: v})
	fmt.Println(err)
	// Output:
	// settings: Region  region  breaks a rule: region  memory:
}
