package aws_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/secretmux/secretmux/providers/aws"
	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// tokenTransport has a credential of its own, like the transport of a proxy.
type tokenTransport struct{ Token string }

func (tokenTransport) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, http.ErrNotSupported
}

func secretive() aws.Options {
	return aws.Options{
		Region: "eu-west-1", Role: role, Prefix: "prod/",
		Endpoint:    "https://user:" + faultscript.Canary + "@host", // a mistake, but printed before it is found
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", faultscript.Credential, faultscript.Credential),
		Transport:   tokenTransport{faultscript.Canary},
	}
}

func TestOptionsPrintWithoutCredentials(t *testing.T) {
	o := secretive()
	nested := struct {
		Options aws.Options
		Pointer *aws.Options
		Map     map[string]aws.Options
		Any     any
	}{o, &o, map[string]aws.Options{"o": o}, o}
	texts := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T", "%20v"} {
		for name, v := range map[string]any{"Options": o, "pointer": &o, "slice": []aws.Options{o}, "nested": nested} {
			texts[verb+" of "+name] = fmt.Sprintf(verb, v)
		}
	}
	text, err := o.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	texts["MarshalText"] = string(text)
	for name, marshal := range map[string]func(any) ([]byte, error){"JSON": json.Marshal, "XML": xml.Marshal} {
		out, err := marshal(o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		texts[name] = string(out)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("o", "o", o, "nested", nested)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("o", "o", o, "pointer", &o)
	texts["slog"] = log.String()
	for name, text := range texts {
		if faultscript.Leaks(text) {
			t.Errorf("%s has a part of a credential", name)
		}
	}
	for _, want := range []string{"Region:eu-west-1", "Prefix:prod/", "Credentials:[redacted]"} {
		if !strings.Contains(fmt.Sprintf("%+v", o), want) {
			t.Errorf("%%+v has no %s: %+v", want, o)
		}
	}
}

// A dump by reflection, like those of assertion libraries, follows pointers and
// unexported fields. It finds no credential and no value in a provider that was used.
func TestProviderDumpsWithoutCredentials(t *testing.T) {
	awstest.Isolate(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", faultscript.Credential)
	t.Setenv("AWS_SESSION_TOKEN", faultscript.Credential)
	url := awstest.ServeValue(t, "db", faultscript.Canary)
	given := awstest.At(url)
	for name, o := range map[string]aws.Options{
		"credentials of the options": given, "of the environment": {Region: "eu-west-1", Endpoint: url},
	} {
		p, err := aws.NewSecretsManager(o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Get(t.Context(), "db"); err != nil {
			t.Fatal(err)
		}
		if at := leakyField(reflect.ValueOf(p), map[uintptr]bool{}, ""); at != "" {
			t.Errorf("%s: the provider has a part of a credential or of a value at %s", name, at)
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	}
	// The walk finds a canary where there is one.
	if leakyField(reflect.ValueOf(&given), map[uintptr]bool{}, "") == "" {
		t.Error("the walk does not find the credentials in Options")
	}
}

// leakyField walks v like a dump by reflection, and returns the place of the first
// canary.
func leakyField(v reflect.Value, seen map[uintptr]bool, path string) string {
	switch v.Kind() {
	case reflect.String:
		if faultscript.Leaks(v.String()) {
			return path
		}
	case reflect.Pointer:
		if v.IsNil() || seen[v.Pointer()] {
			return ""
		}
		seen[v.Pointer()] = true
		return leakyField(v.Elem(), seen, path)
	case reflect.Interface:
		if !v.IsNil() {
			return leakyField(v.Elem(), seen, path)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if at := leakyField(v.Field(i), seen, path+"."+v.Type().Field(i).Name); at != "" {
				return at
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			for _, part := range []reflect.Value{key, v.MapIndex(key)} {
				if at := leakyField(part, seen, path+"[]"); at != "" {
					return at
				}
			}
		}
	case reflect.Slice, reflect.Array:
		return leakyItem(v, seen, path)
	}
	return ""
}

func leakyItem(v reflect.Value, seen map[uintptr]bool, path string) string {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		text := make([]byte, v.Len())
		for i := range text {
			text[i] = byte(v.Index(i).Uint())
		}
		if faultscript.Leaks(string(text)) {
			return path
		}
		return ""
	}
	for i := range v.Len() {
		if at := leakyField(v.Index(i), seen, path+"[]"); at != "" {
			return at
		}
	}
	return ""
}
