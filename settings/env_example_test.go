package settings_test

import (
	"bytes"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/settings"
)

type service struct {
	Port    int           `default:"8080" validate:"min=1024" desc:"where to listen\nPORT=8443 is usual behind TLS"`
	Timeout time.Duration `optional:"true"`
	Site    url.URL
	Hosts   []string
	Creds   struct {
		User     string           `secret:"user" desc:"who to log in as"`
		Password secretmux.Secret `secret:"password" validate:"min=12"`
	} `prefix:"db/creds#"`
	Key []byte             `secret:"signing/key" encoding:"base64"`
	Doc struct{ A string } `secret:"doc"`
}

const serviceExample = `# Settings of this program. Copy it to .env and put the values in there: this file holds none.

# where to listen
# PORT=8443 is usual behind TLS
# int, default "8080", rules: min=1024
PORT=

# time.Duration, optional
TIMEOUT=

# url.URL, required
SITE=

# list of string, required
HOSTS=

# who to log in as
# "user" of a JSON object: string, required
# from db/creds#user
# "password" of a JSON object: secret, required, rules: min=12
# from db/creds#password
DB_CREDS=

# bytes in base64, required
# from signing/key
SIGNING_KEY=

# struct in json, required
DOC=
`

func TestExample(t *testing.T) {
	var b strings.Builder
	if err := settings.Example[service](&b); err != nil || b.String() != serviceExample {
		t.Errorf("%v\n%s", err, b.String())
	}
}

func TestExampleOfTwoSecretsWithOneKey(t *testing.T) {
	type config struct {
		A string `secret:"db/password"`
		B string `secret:"db_password"`
	}
	for _, err := range []error{settings.Example[config](&bytes.Buffer{}), settings.CheckExample[config](&bytes.Buffer{}), settings.Example[int](&bytes.Buffer{})} {
		if !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("%v, want ErrInvalid", err)
		}
	}
}

type exampleCase struct {
	name, file               string
	missing, unknown, filled []string
}

func TestCheckExample(t *testing.T) {
	replace := func(old, with string) string { return strings.Replace(serviceExample, old, with, 1) }
	tests := []exampleCase{
		{name: "as written", file: serviceExample},
		{name: "other comments, spaces and order", file: "\ufeffDOC=\r\nSIGNING_KEY = # none\r\nDB_CREDS=\"\"\nexport HOSTS=''\nSITE=\n# x\n\n TIMEOUT=\nPORT="},
		{name: "empty", file: "", missing: []string{"PORT", "TIMEOUT", "SITE", "HOSTS", "DB_CREDS", "SIGNING_KEY", "DOC"}},
		{name: "lacks a key", file: replace("HOSTS=\n", ""), missing: []string{"HOSTS"}},
		{name: "commented out", file: replace("HOSTS=\n", "# HOSTS=\n"), missing: []string{"HOSTS"}},
		{name: "too much", file: serviceExample + "OLD_KEY=\n", unknown: []string{"OLD_KEY (line 30)"}},
		{name: "twice", file: serviceExample + "DOC=\n", unknown: []string{"line 30"}},
		{name: "no key", file: serviceExample + canary + "\n" + canary + "==\nlower=" + canary, unknown: []string{"line 30", "line 31", "line 32"}},
		{name: "a value", file: replace("SITE=", "SITE="+canary), filled: []string{"SITE (line 12)"}},
		{name: "a value in quotes", file: replace("SITE=", "SITE='"+canary+"'"), filled: []string{"SITE (line 12)"}},
		{name: "a comment or a value", file: replace("HOSTS=\n", "HOSTS=#"+canary+"\n"), filled: []string{"HOSTS (line 15)"}},
		{name: "a value in a comment", file: serviceExample + "#SITE=" + canary, filled: []string{"SITE (line 30)"}},
		{name: "an unknown key with a value", file: serviceExample + "OLD=" + canary, unknown: []string{"line 30"}},
	}
	tests = append(tests, exampleCase{
		name: "what may be a seed in base32", file: serviceExample + "JBSWY3DPEHPK3PXP=\n", unknown: []string{"line 30"},
	})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := settings.CheckExample[service](strings.NewReader(tt.file))
			noLeak(t, err)
			var drift *settings.DriftError
			if !errors.As(err, &drift) {
				drift = &settings.DriftError{}
				if err != nil {
					t.Fatal(err)
				}
			} else if len(drift.Missing)+len(drift.Unknown)+len(drift.Filled) == 0 {
				t.Error("an empty DriftError")
			}
			if !slices.Equal(drift.Missing, tt.missing) || !slices.Equal(drift.Unknown, tt.unknown) || !slices.Equal(drift.Filled, tt.filled) {
				t.Errorf("%+v", drift)
			}
		})
	}
}

// Two structs share one file.
func TestCheckExampleOfSeveralStructs(t *testing.T) {
	type other struct {
		Extra string `secret:"extra/key"`
		Port  int
	}
	fields, err := settings.Describe[other]()
	if err != nil {
		t.Fatal(err)
	}
	file := serviceExample + "EXTRA_KEY=\n"
	if err := settings.CheckExample[service](strings.NewReader(file), fields); err != nil {
		t.Error(err)
	}
	if err := settings.CheckExample[service](strings.NewReader(file)); err == nil {
		t.Error("the keys of the other struct are not missed")
	}
}

type brokenPipe struct{}

var errPipe = errors.New("broken pipe")

func (brokenPipe) Read([]byte) (int, error)  { return 0, errPipe }
func (brokenPipe) Write([]byte) (int, error) { return 0, errPipe }

func TestExampleErrorsOfFiles(t *testing.T) {
	if err := settings.Example[service](brokenPipe{}); !errors.Is(err, errPipe) {
		t.Error(err)
	}
	if err := settings.CheckExample[service](brokenPipe{}); !errors.Is(err, errPipe) {
		t.Error(err)
	}
}
