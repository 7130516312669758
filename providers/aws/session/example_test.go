package session_test

import (
	"fmt"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/session"
)

func ExampleOptions_FromURI() {
	u, err := secretmux.ParseURI("aws-sm://eu-west-1/prod/?fips=true")
	if err != nil {
		fmt.Println(err)
		return
	}
	opts, err := session.Options{Region: "us-east-1"}.FromURI(u)
	fmt.Println(opts.Region, opts.Prefix, opts.FIPS, err)
	// Output: eu-west-1 prod/ true <nil>
}

func ExampleParseARN() {
	arn, ok := session.ParseARN("arn:aws:ssm:eu-west-1:123456789012:parameter/db/password")
	fmt.Println(arn.Service, arn.Region, arn.Resource, ok)
	// Output: ssm eu-west-1 parameter/db/password true
}

func ExampleAPIError() {
	err := &session.APIError{Operation: "GetSecretValue", Code: "AccessDeniedException", Status: 400}
	fmt.Println(err)
	// Output: GetSecretValue: AccessDeniedException, HTTP status 400
}

func ExampleRecess() {
	var r session.Recess
	fmt.Println(r.Lasts())
	r.Begin()
	fmt.Println(r.Lasts())
	// Output:
	// false
	// true
}

func ExampleEach() {
	lengths := make([]int, 3)
	session.Each(2, []int{0, 1, 2}, func(i int) { lengths[i] = i * i })
	fmt.Println(lengths)
	// Output: [0 1 4]
}
