package aws_test

import (
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws"
	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
	"github.com/secretmux/secretmux/testing/conformance"
	"github.com/secretmux/secretmux/testing/faultscript"
)

func TestRegions(t *testing.T) {
	for _, region := range []string{
		"us-east-1", "eu-west-3", "ap-southeast-7", "us-gov-west-1", "us-iso-east-1", "us-isob-east-1", "cn-northwest-1", "il-central-1",
		"mx-central-1", "eusc-de-east-1", "fips-us-east-1", "xx-newcontinent-12",
	} {
		if _, err := aws.NewSecretsManager(aws.Options{Region: region}); err != nil {
			t.Errorf("%s: %v", region, err)
		}
	}
}

// A text that can't be a region is refused at once. A suggestion is made only if
// it consists of AWS's own words, and nothing of the input is.
func TestImpossibleRegions(t *testing.T) {
	for region, meant := range map[string]string{
		"useast1": "us-east-1", "USEAST1": "us-east-1", "us_east_1": "us-east-1", "US-East-1": "us-east-1", "us-east1": "us-east-1",
		"useast-1": "us-east-1", "eu-west-1a": "eu-west-1", "apsoutheast2": "ap-southeast-2", "usgovwest1": "us-gov-west-1",
		"usisobeast1": "us-isob-east-1", "usisoeast1": "us-iso-east-1", "euscdeeast1": "eusc-de-east-1", "eu.central.1": "eu-central-1",
		"us-east": "", "east-1": "", "europe": "", "us-east-one": "", "us-east-0x1": "", "us-west-2-lax-1": "", "us": "", "1": "", "-": "",
		"xxeast1": "", "local": "", faultscript.Canary: "", "useast1" + faultscript.Canary: "",
	} {
		_, err := aws.NewParameterStore(aws.Options{Region: region})
		if secretmux.ClassOf(err) != secretmux.ErrInvalid {
			t.Errorf("%s: %v, want ErrInvalid", region, err)
			continue
		}
		conformance.NoLeak(t, err, faultscript.Canary)
		if text := err.Error(); meant == "" && strings.Contains(text, "did you mean") || meant != "" && !strings.Contains(text, "did you mean "+meant+"?") {
			t.Errorf("%s: %v, want %q", region, err, meant)
		}
	}
}

// With an endpoint of its own, the region is only used in the signature.
func TestRegionOfAnEmulator(t *testing.T) {
	const emulator = "http://127.0.0.1:4566"
	for region, ok := range map[string]bool{"local": true, "useast1": true, "a b": false, "evil.example/": false, "": true} {
		_, err := aws.NewSecretsManager(aws.Options{Region: region, Endpoint: emulator})
		if (err == nil) != ok {
			t.Errorf("%q: %v, want ok: %v", region, err, ok)
		}
	}
}

// A region from the environment or the profile is checked as soon as it is known.
func TestConfiguredRegion(t *testing.T) {
	for _, endpoint := range []string{"", "http://127.0.0.1:1"} {
		awstest.Isolate(t)
		t.Setenv("AWS_REGION", "useast1")
		t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
		t.Setenv("AWS_SECRET_ACCESS_KEY", faultscript.Credential)
		t.Setenv("AWS_ENDPOINT_URL", endpoint)
		p, err := aws.NewSecretsManager(aws.Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Get(t.Context(), "db")
		if endpoint != "" {
			awstest.WantClass(t, err, secretmux.ErrUnavailable) // it was called
			continue
		}
		awstest.WantClass(t, err, secretmux.ErrInvalid)
		if !strings.Contains(err.Error(), "AWS_REGION") {
			t.Errorf("the error does not say where the region is from: %v", err)
		}
	}
}

// A forgotten "//" would make a folder of the region and every secret absent.
func TestARegionInThePathIsRefused(t *testing.T) {
	for link, refused := range map[string]bool{
		"aws-sm:eu-west-1/prod":                  true,
		"aws-sm:us-gov-west-1":                   true,
		"aws-sm:///eu-west-1/prod":               true,
		"aws-sm://eu-west-1/prod/":               false,
		"aws-sm://eu-west-1/us-east-1/":          false,
		"aws-sm:eu-west-1/prod?region=eu-west-1": false,
		"aws-sm:///prod/":                        false,
		"aws-sm:":                                false,
	} {
		store, err := secretmux.Open(t.Context(), link, aws.Backend())
		if got := secretmux.ClassOf(err) == secretmux.ErrInvalid; got != refused || !refused && err != nil {
			t.Errorf("%s: %v, want refused: %v", link, err, refused)
		}
		if err == nil {
			_ = store.Close()
		}
	}
}
