import {
  GetRoleCredentialsCommand,
  type GetRoleCredentialsCommandInput,
  ListAccountRolesCommand,
  type ListAccountRolesCommandInput,
  ListAccountsCommand,
  type ListAccountsCommandInput,
  LogoutCommand,
  type LogoutCommandInput,
  SSOClient,
} from "@aws-sdk/client-sso";
import { bare, type ClientSettings, configuration } from "./sdkClient.ts";

/** The operations of the access portal that are in use, by their names in AWS's API. */
export function portalOperations(settings: ClientSettings) {
  const client = bare(new SSOClient(configuration(settings)));
  return {
    GetRoleCredentials: (input: GetRoleCredentialsCommandInput, options: object) =>
      client.send(new GetRoleCredentialsCommand(input), options),
    ListAccounts: (input: ListAccountsCommandInput, options: object) =>
      client.send(new ListAccountsCommand(input), options),
    ListAccountRoles: (input: ListAccountRolesCommandInput, options: object) =>
      client.send(new ListAccountRolesCommand(input), options),
    Logout: (input: LogoutCommandInput, options: object) => client.send(new LogoutCommand(input), options),
  };
}
