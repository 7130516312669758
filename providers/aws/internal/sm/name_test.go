package sm_test

import (
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
	"github.com/secretmux/secretmux/testing/faultscript"
)

const arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db/password"

func TestNames(t *testing.T) {
	tests := []struct {
		Name  string
		Class error // nil: it is the secret db/password
	}{
		{"db/password", nil},
		{arn + "-AbCdEf", nil},
		{arn, nil}, // the service finds it, and the answer is for it
		{"absent", secretmux.ErrNotFound},
		{"a+b=c@d.e_f-g", secretmux.ErrNotFound},
		{strings.Repeat("a", 512), secretmux.ErrNotFound},
		{strings.Repeat("a", 513), secretmux.ErrInvalid},
		{strings.Repeat("a", 3000), secretmux.ErrInvalid},
		{"../../sys/seal-status", secretmux.ErrInvalid},
		{"a//b", secretmux.ErrInvalid},
		{"a b", secretmux.ErrInvalid},
		{"größe", secretmux.ErrInvalid},
		{"a:b", secretmux.ErrInvalid},
		{"a*b", secretmux.ErrInvalid},
		{"arn:aws:secretsmanager:us-east-1:123456789012:secret:db/password-AbCdEf", secretmux.ErrInvalid},
		{"arn:aws:ssm:eu-west-1:123456789012:parameter/db/password", secretmux.ErrInvalid},
		{"arn:aws:secretsmanager", secretmux.ErrInvalid},
		{"arn:aws:secretsmanager:eu-west-1:123456789012:secret:a b", secretmux.ErrInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.Name[:min(len(tt.Name), 40)], func(t *testing.T) {
			a := newAccount(t)
			a.set("db/password", []byte(faultscript.Canary))
			awstest.Name(tt).Get(t, a.Server, open(t, awstest.At(a.URL)))
		})
	}
}

// Services of AWS make names like these for their secrets.
func TestNamesThatServicesMake(t *testing.T) {
	for _, name := range []string{
		"rds!cluster-2f6c1b1e-9a55-4c0e-9d53-5a1a0f5d2a11", "rds!db-2f6c1b1e", "redshift!cluster-admin",
		"events!connection/api/2f6c1b1e", "appflow!flow-1", "!odd",
	} {
		a := newAccount(t)
		a.set(name, []byte(name))
		a.set("db", []byte("db"))
		p := open(t, awstest.At(a.URL))
		arn := "arn:aws:secretsmanager:eu-west-1:123456789012:secret:" + name
		for _, asked := range []string{name, arn + "-AbCdEf", arn} {
			secret, err := p.Get(t.Context(), asked)
			if err != nil || secret.Reveal() != name {
				t.Errorf("Get %s: %v", asked, err)
			}
		}
		for i, r := range awstest.GetMany(t, p, name, arn+"-AbCdEf", "db") {
			if want := []string{name, name, "db"}[i]; r.Err != nil || r.Secret.Reveal() != want {
				t.Errorf("GetMany %s: %v", r.Name, r.Err)
			}
		}
		names, err := awstest.List(t, p, name[:4])
		if err != nil || len(names) != 1 || names[0] != name {
			t.Errorf("List has %q, %v, want %s", names, err, name)
		}
	}
}

// Other tools write more text behind the name.
func TestFormsOfOtherTools(t *testing.T) {
	a := newAccount(t)
	p := open(t, awstest.At(a.URL))
	for _, name := range []string{
		arn + "-AbCdEf:password::", arn + "-AbCdEf:password:AWSPREVIOUS:", arn + "-AbCdEf:::00000000-0000-4000-8000-000000000001", // ECS
		"db/password:SecretString:user", "secret:db", // CloudFormation, and a cut ARN
	} {
		_, err := p.Get(t.Context(), name)
		awstest.WantClass(t, err, secretmux.ErrInvalid)
		if text := err.Error(); !strings.Contains(text, "#key") || !strings.Contains(text, "?version=") {
			t.Errorf("%s: the hint names no form of ours: %v", name, err)
		}
	}
	if a.Calls() != 0 {
		t.Errorf("%d calls", a.Calls())
	}
}

// An ARN without its suffix can lead to another secret, whose name ends in a text
// that looks like a suffix.
func TestPartialARNOfAnother(t *testing.T) {
	a := newAccount(t)
	a.set("db/password", []byte(faultscript.Canary))
	a.Shape = func(_ string, answer map[string]any) any {
		answer["ARN"], answer["Name"] = arn+"-blue-AbCdEf", "db/password-blue"
		return answer
	}
	p := open(t, awstest.At(a.URL))
	for _, name := range []string{arn, arn + "-AbCdEf"} {
		_, err := p.Get(t.Context(), name)
		awstest.WantClass(t, err, secretmux.ErrCorrupt)
	}
}

// A prefix is for names, not for ARNs.
func TestPrefix(t *testing.T) {
	a := newAccount(t)
	a.set("prod/db", []byte("value"))
	opts := awstest.At(a.URL)
	opts.Prefix = "prod"
	p := open(t, opts)
	for _, name := range []string{"db", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf"} {
		if _, err := p.Get(t.Context(), name); err != nil {
			t.Errorf("Get %s: %v", name, err)
		}
	}
	_, err := p.Get(t.Context(), "prod/db")
	awstest.WantClass(t, err, secretmux.ErrNotFound)
}
