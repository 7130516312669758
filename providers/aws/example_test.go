package aws_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws"
)

// A secret that only Parameter Store has is found there, because Secrets Manager
// answers that it has no secret of that name.
func Example() {
	server := httptest.NewServer(http.HandlerFunc(fake))
	defer server.Close()

	// A program on AWS writes aws.Backend() and no endpoint=.
	backend := aws.Options{Credentials: credentials.NewStaticCredentialsProvider("id", "key", "")}.Backend()
	at := "?endpoint=" + server.URL
	store, err := secretmux.Open(context.Background(), "aws-sm://eu-west-1/prod/"+at+",aws-ps://eu-west-1/prod/"+at, backend)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()

	for _, ref := range []string{"db#password", "log-level", "absent"} {
		secret, err := store.Get(context.Background(), ref)
		fmt.Println(ref, secret.Reveal(), secret.Version(), secretmux.ClassOf(err))
	}
	// Output:
	// db#password s3cret v1 <nil>
	// log-level debug 7 <nil>
	// absent   not found
}

// Options with a role and a region that every link has in common.
func ExampleOptions() {
	backend := aws.Options{Region: "eu-west-1", Role: "arn:aws:iam::123456789012:role/reader"}.Backend()
	store, err := secretmux.Open(context.Background(), "aws-sm:prod/,aws-ps:prod/", backend)
	fmt.Println(err)
	fmt.Println(store.Close())
	// Output:
	// <nil>
	// <nil>
}

// A program can build a chain from these providers. They make no call before the
// first read.
func ExampleProvider() {
	o := aws.Options{Region: "eu-west-1", Prefix: "prod/"}
	secrets, err := aws.NewSecretsManager(o)
	fmt.Println(secrets, err)
	parameters, err := aws.NewParameterStore(o)
	fmt.Println(parameters, err)

	_, err = aws.NewSecretsManager(aws.Options{Region: "useast1"})
	fmt.Println(err)
	// Output:
	// aws-sm://eu-west-1/prod/ <nil>
	// aws-ps://eu-west-1/prod/ <nil>
	// secretmux: open: invalid: the region does not have the form of an AWS region (did you mean us-east-1?)
}

// The request id, which AWS support asks for, is in the text of an error, and here.
func ExampleAPIError() {
	err := error(&secretmux.Error{
		Op: "get", Name: "db", Class: secretmux.ErrDenied,
		Err: &aws.APIError{Operation: "GetSecretValue", Code: "AccessDeniedException", Status: 400, RequestID: "11111111-2222-4333-8444-555555555555"},
	})
	var answered *aws.APIError
	if errors.As(err, &answered) {
		fmt.Println(answered.Code, answered.Status, answered.RequestID)
	}
	// Output: AccessDeniedException 400 11111111-2222-4333-8444-555555555555
}

// fake answers like Secrets Manager and Parameter Store.
func fake(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Name     string
		SecretID string `json:"SecretId"`
	}
	_ = json.NewDecoder(r.Body).Decode(&in)
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	switch operation + " " + in.Name + in.SecretID {
	case "GetSecretValue prod/db":
		fmt.Fprint(w, `{"Name":"prod/db","VersionId":"v1","SecretString":"{\"user\":\"app\",\"password\":\"s3cret\"}"}`)
	case "GetParameter /prod/log-level":
		fmt.Fprint(w, `{"Parameter":{"Name":"/prod/log-level","Version":7,"Value":"debug"}}`)
	default:
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, map[bool]string{true: `{"__type":"ResourceNotFoundException"}`, false: `{"__type":"ParameterNotFound"}`}[in.Name == ""])
	}
}
