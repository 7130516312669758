package aws_test

import (
	"context"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws"
)

// The code of docs/backends/aws.md. Opening makes no call.
func TestDocs(t *testing.T) {
	store, err := docsOpen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
	secrets, err := docsNew(credentials.NewStaticCredentialsProvider("id", "key", ""))
	if err != nil || secrets.String() != "aws-sm://eu-west-1/prod/" {
		t.Errorf("the address is %v, %v", secrets, err)
	}
}

func docsOpen(ctx context.Context) (*secretmux.Store, error) {
	store, err := secretmux.Open(ctx, "aws-sm://eu-west-1/prod/", aws.Backend())
	return store, err
}

func docsNew(myCredentials sdk.CredentialsProvider) (*aws.Provider, error) {
	o := aws.Options{Region: "eu-west-1", Prefix: "prod/", Credentials: myCredentials}
	secrets, err := aws.NewSecretsManager(o)
	return secrets, err
}
