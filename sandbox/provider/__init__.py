"""The sandbox's AWS provider plugin: resources of `pulumi_aws` made through AWS's own API."""
