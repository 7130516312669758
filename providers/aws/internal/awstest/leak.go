package awstest

import (
	"bytes"
	"io"
	"os"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// nothingLeaks tests that no part of a value or of the credentials reaches standard
// error, where the SDK's loggers write, or an explanation. It makes calls that
// succeed and calls that fail.
func nothingLeaks(t *testing.T, f func(*testing.T) Account) {
	t.Helper()
	Isolate(t)
	// The SDK finds the credentials by itself, and its switches for more output are
	// on.
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": faultscript.Credential, "AWS_SESSION_TOKEN": faultscript.Credential,
		"AWS_DEBUG": "true", "AWS_SDK_LOG_LEVEL": "debug", "AWS_LOG_LEVEL": "trace", "GODEBUG": "http2debug=2",
	} {
		t.Setenv(name, value)
	}
	o := secretmux.Opener{Backends: []secretmux.Backend{aws.Backend()}}
	output := captured(t, func() {
		for _, row := range faultscript.Rows() {
			handler, ok := faultscript.HTTP(t, row.Fault)
			if !ok || row.Fault == faultscript.Hang || row.Fault == faultscript.Cancel {
				continue
			}
			a := f(t)
			a.Set("good", faultscript.Canary)
			a.Server.Fail["bad"] = handler.ServeHTTP
			explain(t, o, a.Scheme+"://eu-west-1/?endpoint="+a.Server.URL)
		}
	})
	if faultscript.Leaks(output) {
		t.Error("the standard output or error holds a part of a value or of a credential")
	}
}

func explain(t *testing.T, o secretmux.Opener, config string) {
	t.Helper()
	store := openStore(t, o, config)
	defer closeStore(t, store)
	for _, name := range []string{"good", "bad"} {
		if text := secretmux.Explain(t.Context(), store, name).String(); faultscript.Leaks(text) {
			t.Errorf("the explanation of %s holds a part of a value or of a credential", name)
		}
	}
	err := store.Preload(t.Context(), "good", "bad")
	if err == nil || faultscript.Leaks(err.Error()) {
		t.Error("no error, or one that holds a part of a value or of a credential")
	}
}

// captured returns the text that f writes to the standard output and error.
func captured(t *testing.T, f func()) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, errs := os.Stdout, os.Stderr
	os.Stdout, os.Stderr = w, w
	read := make(chan string)
	go func() {
		var b bytes.Buffer
		_, _ = io.Copy(&b, r)
		read <- b.String()
	}()
	func() {
		defer func() { os.Stdout, os.Stderr = out, errs }()
		f()
	}()
	_ = w.Close()
	return <-read
}
