package ps_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws"
	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
	"github.com/secretmux/secretmux/testing/faultscript"
)

func TestNames(t *testing.T) {
	deep := strings.Repeat("a/", 14)
	tests := []struct {
		Name  string
		Class error // nil: it is the parameter /db/password
	}{
		{"db/password", nil},
		{account1 + "/db/password", nil},
		{"password", secretmux.ErrNotFound},
		{deep + "a", secretmux.ErrNotFound},
		{deep + "a/a", secretmux.ErrInvalid},
		{strings.Repeat("a", 1012), secretmux.ErrInvalid},
		{strings.Repeat("a", 3000), secretmux.ErrInvalid},
		{"../../sys/seal-status", secretmux.ErrInvalid},
		{"a//b", secretmux.ErrInvalid},
		{"a b", secretmux.ErrInvalid},
		{"db/password:1", secretmux.ErrInvalid}, // a selector is not part of a name
		{account1 + "/db/password:1", secretmux.ErrInvalid},
		{"a+b", secretmux.ErrInvalid},
		{"arn:aws:ssm:us-east-1:123456789012:parameter/db/password", secretmux.ErrInvalid},
		{"arn:aws:secretsmanager:eu-west-1:123456789012:secret:db", secretmux.ErrInvalid},
		{"arn:aws:ssm", secretmux.ErrInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.Name[:min(len(tt.Name), 60)], func(t *testing.T) {
			a := newAccount(t)
			a.set("/db/password", []byte(faultscript.Canary))
			awstest.Name(tt).Get(t, a.Server, open(t, awstest.At(a.URL)))
		})
	}
}

// A parameter of one level may have a "/" in front or not, and these are two
// parameters.
func TestRoot(t *testing.T) {
	a := newAccount(t)
	a.set("/token", []byte("rooted"))
	a.set("token", []byte("plain"))
	a.set("/db/password", []byte("deep"))
	tests := []struct{ folder, name, want string }{
		{"", "token", "plain"},
		{"/", "token", "rooted"},
		{"/", "db/password", "deep"},
		{"", "db/password", "deep"},
		{"/", account1 + "/token", "rooted"},
	}
	for _, tt := range tests {
		for with, p := range map[string]secretmux.Provider{"options": rooted(t, a, tt.folder), "a link": linked(t, a, tt.folder)} {
			secret, err := p.Get(t.Context(), tt.name)
			if err != nil || secret.Reveal() != tt.want {
				t.Errorf("%s, Get %s in %q: %v", with, tt.name, tt.folder, err)
			}
		}
	}
	names, err := awstest.List(t, rooted(t, a, "/"), "")
	slices.Sort(names)
	if err != nil || !slices.Equal(names, []string{"db/password", "token"}) {
		t.Errorf("List has %q, %v", names, err)
	}
	a.Do(func() { delete(a.parameters, "token") })
	_, err = rooted(t, a, "").Get(t.Context(), "token")
	awstest.WantClass(t, err, secretmux.ErrNotFound)
	if !strings.Contains(err.Error(), "aws-ps://REGION//") {
		t.Errorf("the error does not say how the other one is read: %v", err)
	}
}

func rooted(t *testing.T, a *account, folder string) *aws.Provider {
	t.Helper()
	opts := awstest.At(a.URL)
	opts.Prefix = folder
	return open(t, opts)
}

// linked reads through the config string aws-ps://eu-west-1/ and a folder.
func linked(t *testing.T, a *account, folder string) secretmux.Provider {
	t.Helper()
	awstest.Isolate(t)
	store, err := secretmux.Open(t.Context(), "aws-ps://eu-west-1/"+folder, awstest.At(a.URL).Backend())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

// Parameter Store shows the secrets of Secrets Manager in a folder of its own.
func TestReferenceToASecret(t *testing.T) {
	a := newAccount(t)
	const name = "aws/reference/secretsmanager/rds!cluster-1+a=b@c"
	a.set("/"+name, []byte("value"))
	if _, err := open(t, awstest.At(a.URL)).Get(t.Context(), name); err != nil {
		t.Error(err)
	}
	_, err := open(t, awstest.At(a.URL)).Get(t.Context(), "aws/reference/rds!cluster-1")
	awstest.WantClass(t, err, secretmux.ErrInvalid)
}

// The service's own selector is a version here.
func TestSelectors(t *testing.T) {
	for _, name := range []string{"db/password:3", "db:live", account1 + "/db/password:3"} {
		_, err := open(t, awstest.At("http://127.0.0.1:1")).Get(t.Context(), name)
		awstest.WantClass(t, err, secretmux.ErrInvalid)
		if !strings.Contains(err.Error(), "?version=") {
			t.Errorf("%s: the hint does not name the form of ours: %v", name, err)
		}
	}
}

func TestPrefix(t *testing.T) {
	a := newAccount(t)
	a.set("/prod/db", []byte("value"))
	for _, prefix := range []string{"prod", "prod/", "/prod/"} {
		opts := awstest.At(a.URL)
		opts.Prefix = prefix
		p := open(t, opts)
		for _, name := range []string{"db", account1 + "/prod/db"} {
			if _, err := p.Get(t.Context(), name); err != nil {
				t.Errorf("with the prefix %s, Get %s: %v", prefix, name, err)
			}
		}
	}
}
