package dotenv_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/dotenv"
)

func ExampleProvider() {
	path := exampleFile("DB_PASSWORD=pa$WORD1x # not expanded\n")
	defer func() { _ = os.RemoveAll(filepath.Dir(path)) }()

	p, err := dotenv.New(dotenv.Options{Path: path})
	if err != nil {
		fmt.Println(err)
		return
	}
	password, err := p.Get(context.Background(), "db/password")
	fmt.Println(password, password.Reveal(), err)
	_, err = p.Get(context.Background(), "db/user")
	fmt.Println(errors.Is(err, secretmux.ErrNotFound))
	// Output:
	// [redacted] pa$WORD1x <nil>
	// true
}

func ExampleOptions() {
	path := exampleFile("DB_HOST=db.example.com\nDB_URL=postgres://${DB_HOST}/app\n")
	defer func() { _ = os.RemoveAll(filepath.Dir(path)) }()

	p, err := dotenv.New(dotenv.Options{Path: path, Prefix: "DB_", Expand: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	url, err := p.Get(context.Background(), "url")
	fmt.Println(url.Reveal(), err)
	// Output: postgres://db.example.com/app <nil>
}

func ExampleDialect() {
	path := exampleFile("DB_PASSWORD=pa$WORD1x\n")
	defer func() { _ = os.RemoveAll(filepath.Dir(path)) }()

	for _, dialect := range []dotenv.Dialect{dotenv.Secretmux, dotenv.Godotenv} {
		p, err := dotenv.New(dotenv.Options{Path: path, Dialect: dialect})
		if err != nil {
			fmt.Println(err)
			return
		}
		password, err := p.Get(context.Background(), "db/password")
		fmt.Println(dialect, password.Reveal(), err)
	}
	// Output:
	// secretmux pa$WORD1x <nil>
	// godotenv pax <nil>
}

func exampleFile(content string) (path string) {
	folder, err := os.MkdirTemp("", "dotenv")
	if err != nil {
		panic(err)
	}
	path = filepath.Join(folder, ".env")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		panic(err)
	}
	return path
}

func ExampleParse() {
	values, err := dotenv.Parse([]byte("DB_PASSWORD='hunter2' # not in production\n"))
	fmt.Println(len(values["DB_PASSWORD"]), err)
	// Output: 7 <nil>
}
