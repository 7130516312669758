package aws_test

import (
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws"
	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
)

// The config strings of the documentation open, without any I/O.
func TestOpen(t *testing.T) {
	awstest.Isolate(t)
	for _, config := range []string{
		"aws-sm:", "aws-ps:", "aws-sm://eu-west-1/prod/", "aws-ps://eu-west-1/prod/", "aws-sm:prod/?region=eu-west-1",
		"aws-sm://eu-west-1/prod/?ttl=5m&stale=1h", "aws-sm://eu-west-1/|aws-sm://eu-central-1/", "aws-sm:?profile=dev",
		"aws-sm://eu-west-1/?role=arn:aws:iam::123456789012:role/reader&external_id=x", "aws-sm://us-east-1/?fips=true",
		"aws-ps://eu-west-1/?endpoint=https://vpce-1.ssm.eu-west-1.vpce.amazonaws.com",
	} {
		store, err := secretmux.Open(t.Context(), config, aws.Backend())
		if err != nil {
			t.Errorf("Open of %s: %v", config, err)
			continue
		}
		if err := store.Close(); err != nil {
			t.Errorf("Close of %s: %v", config, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	for config, hint := range map[string]string{
		"aws-sm://eu-west-1/?region=us-east-1":           "twice",
		"aws-sm://EU_WEST_1/":                            "region",
		"aws-sm://eu-west-1/?external_id=x":              "role",
		"aws-sm://eu-west-1/?role=reader":                "arn:aws:iam",
		"aws-sm://eu-west-1/?endpoint=http://10.0.0.1":   "not encrypted",
		"aws-ps://eu-west-1/?fips=true&endpoint=https:h": "fips",
		"aws-ps://eu-west-1/?profil=x":                   "profile",
		"aws-ps://eu-west-1/?secret_access_key=x":        "credential",
		"aws-ps://eu-west-1/a/../b":                      "folder",
	} {
		_, err := secretmux.Open(t.Context(), config, aws.Backend())
		if class := secretmux.ClassOf(err); class != secretmux.ErrInvalid || !strings.Contains(err.Error(), hint) {
			t.Errorf("Open of %s: %v, want ErrInvalid that speaks of %q", config, err, hint)
		}
	}
}
