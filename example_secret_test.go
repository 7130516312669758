package secretmux_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/secretmux/secretmux"
)

// Whatever prints a Secret shows [redacted], even inside a struct.
func ExampleSecret() {
	secret := secretmux.NewSecret([]byte("s3cret"), secretmux.Meta{Version: "7"})
	fmt.Println(secret, secret.Version())
	fmt.Printf("%+v\n", struct{ Password secretmux.Secret }{secret})
	fmt.Println(secret.Reveal())
	// Output:
	// [redacted] 7
	// {Password:[redacted]}
	// s3cret
}

// A key with dots is one key. A key that starts with / is a JSON Pointer.
func ExampleSecret_Field() {
	secret := secretmux.NewSecret([]byte(`{"db.user":"app","hosts":["a","b"],"port":5432}`), secretmux.Meta{})
	for _, key := range []string{"db.user", "/hosts/1", "port", "password"} {
		field, err := secret.Field(key)
		if errors.Is(err, secretmux.ErrFieldNotFound) {
			fmt.Println(key, "is missing")
			continue
		}
		fmt.Println(key, field.Reveal())
	}
	// Output:
	// db.user app
	// /hosts/1 b
	// port 5432
	// password is missing
}

func ExampleRef() {
	ref, err := secretmux.ParseRef("prod/db?version=previous#password")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(ref.Name, ref.Version, ref.Field)
	fmt.Println(ref)
	_, err = secretmux.ParseRef("../../etc/passwd")
	fmt.Println(err)
	// Output:
	// prod/db previous password
	// prod/db?version=previous#password
	// secretmux: parse reference: invalid: the name has a . or .. segment (write a name such as db/password)
}

// A provider names the class of each failure and says what to do about it.
func ExampleError() {
	provider := secretmux.ProviderFunc(func(_ context.Context, name string) (secretmux.Secret, error) {
		return secretmux.Secret{}, &secretmux.Error{
			Op: "get", Name: name, Class: secretmux.ErrDenied, Hint: "the role lacks secretsmanager:GetSecretValue",
		}
	})
	_, err := provider.Get(context.Background(), "db/password")
	fmt.Println(err)
	fmt.Println(errors.Is(err, secretmux.ErrDenied), secretmux.ClassOf(err))
	var e *secretmux.Error
	if errors.As(err, &e) {
		fmt.Println(e.Hint)
	}
	// Output:
	// secretmux: get "db/password": denied (the role lacks secretsmanager:GetSecretValue)
	// true denied
	// the role lacks secretsmanager:GetSecretValue
}
